"""Data upward under pseudonyms, and the province's model on its way back."""
