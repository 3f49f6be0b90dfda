"""Voice and video in the room, and who leads the view. Both live in memory; only that a call was held, and by whom, is
kept. Sound and pictures go from browser to browser, over the hospital's own TURN server or, of large calls, its own
Janus; never through this program.
"""
