"""What follows from events: letters, pages taken away, whatever has to reach somebody.

Events are read at least once, and each thing that follows is a delivery in the ledger: put once,
tried until it succeeds, in the order of its referral, and dead but replayable in the end.
"""
