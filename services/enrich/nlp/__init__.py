"""What is learned: linear models of topic, attitude, kind, need for an answer, and stance."""
