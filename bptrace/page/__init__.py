"""What a page in a browser is made of: its scripts and styles, and a working as data for them."""
