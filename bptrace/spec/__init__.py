"""Files in and out: the network's YAML text and the JSON of a trace."""
