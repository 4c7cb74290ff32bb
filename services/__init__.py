"""The processes: each folder is one box of the drawing and one service to start."""
