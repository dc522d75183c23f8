"""Tokens of an OpenID Connect provider: what they have to say, and the keys that they are signed with."""
