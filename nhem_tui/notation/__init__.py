"""How people write addresses, numbers and names; knows nothing else of this program."""
