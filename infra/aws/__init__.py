"""What deploys to AWS: the functions' packages, the stacks, the code at the edge."""
