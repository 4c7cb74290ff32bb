"""The commands, by what they are about: their options and what they teach; nothing is done here."""
