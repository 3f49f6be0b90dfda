"""What a consult is.

A doctor (the referrer) at one hospital asks another hospital, or one specialist there, numbered questions about one
or more studies of a patient. Asking shares the studies, and only those. Whoever of the addressed specialists accepts
becomes the consultant: they answer each question and give the opinion, which is kept as a report. Both sides meet in
the room: the same images, each under their own rights, with talk, marks, pointers and each other's view.
Everything that lasts is an event with the consult's next number, so that every screen can be rebuilt from
"state + events after n"; what does not last (pointer, view, typing, presence) is never stored.
A consult ends completed, rejected or cancelled; the consultant's right to the images ends with it, or the chosen
number of days after it was completed. The referrer decides and stays responsible; the talk stays as a record.
lifecycle.py says what may happen when, access.py who may see it, actions.py how it is written.
"""
