"""Reading feeds: untrusted XML into plain entries, inside a process with limits."""
