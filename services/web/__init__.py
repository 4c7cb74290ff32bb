"""Web: the page for whoever has no Kibana."""
