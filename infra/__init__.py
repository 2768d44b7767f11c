"""Where the system runs: on one machine, or on AWS."""
