"""Each version's tables, named by its number; none is changed once it has been released."""
