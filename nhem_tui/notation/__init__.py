"""How people write addresses, numbers, names and files; knows nothing else of this program."""
