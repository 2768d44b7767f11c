"""Who is credited with what, and why: pure functions over the set of events.

The way of an account's events through them:

1. When an event is made, `accounts` gives it the key of its company, and the signals that somebody
   refers themselves.
2. `opportunities.accounts_of` puts events together that are about one company. Whatever follows is
   a function of that set: neither order nor repetition matters.
3. `touchpoints` are the events by which an advocate brought the company to us; `stages` are those
   of a sale, and what takes one back, with `money` in the program's currency.
4. `opportunities` cuts the stages into one thing sold at a time, says whether the account was ours
   before (influenced), and asks `credit` for each.
5. `credit` leaves out what is outside the window, keeps back what waits for a person, and divides
   the rest by one of the `models`. Its reason stays with it.

`rules` are what the program decided of all this. `passalong.figures` counts what comes out.
"""
