"""What is taken out of a program: files that CRMs import, and all that is held on one person."""
