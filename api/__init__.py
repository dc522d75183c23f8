"""The doors: HTTP, command line and worker; they hold no rule of their own."""
