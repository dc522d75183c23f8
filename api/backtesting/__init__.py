"""A model put to the test on somebody's past inspections, as if each period had not happened yet."""
