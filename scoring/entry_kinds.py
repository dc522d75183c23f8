"""The kinds of the log's entries about records, models and grades."""

IMPORTED = "records.imported"
ADOPTED = "model.adopted"
RUN = "grades.run"
