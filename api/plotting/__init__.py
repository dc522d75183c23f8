"""Plots of what evaluation, learning and warning say: as SVG, as PNG, and as the data that they show."""
