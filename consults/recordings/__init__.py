"""Recordings of a room, so that what was shown and said can be played again at full quality.

Not a video: each browser keeps a track of its own pointer and view, and its own voice, and sends them in pieces while
recording is on. Recording is off until somebody asks for it and everybody in the room has agreed; whoever comes later
is not kept until they agree too, and everybody sees that it is on. A specialist may record alone, as an answer.
When it has ended the worker joins the pieces to one object, a ZIP of the form `hoichan-recording/1`:

    recording.json   format, length in milliseconds, people, and of each piece of voice: person, offset, length, name
    track.jsonl      one line of the track each, in the order of time: [person's place, kind, milliseconds, ...]
    voice/<n>.<ext>  each plays by itself, as the browser made it

Kinds of lines: "v" fields of the view that changed (consults.views.View), "i" the image the pointer is over (study,
SOP instance UID, frame), "p" the pointer on it (x, y in image coordinates), "g" the pointer has gone, "s" speaks (1)
or is silent (0). Marks and written lines are not in it: they are events of the consult with their own times.
"""
