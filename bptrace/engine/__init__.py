"""From equations to checked rows."""
