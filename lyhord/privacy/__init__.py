"""Privacy at the door: personal data is masked and authors get pseudonyms before the log."""
