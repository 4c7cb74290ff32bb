"""Enrich: tags posts with what Lyhörd understands of them."""
