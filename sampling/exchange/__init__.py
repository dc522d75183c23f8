"""Out of the house: what the bureau issues goes to the platforms that the law names, and other departments read it."""
