"""Alert: will tell when something starts; it comes with its own issue."""
