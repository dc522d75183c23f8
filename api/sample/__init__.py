"""The sample bureau: files of an invented district, the same bytes on every machine. Nothing in them is real."""
