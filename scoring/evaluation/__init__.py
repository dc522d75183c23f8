"""How well grades and draws do: estimates from unequal draws, indicators against findings, inspectors, campaigns."""
