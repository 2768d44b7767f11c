"""The report: what the program brought, as a page, and how it is said.

A question's way through the modules:

1. `answers` reads what is asked, from a form or JSON, and `period` makes days and one breakdown of
   it: the picks. `freshness` says from three calls whether there is anything new.
2. `compute.report_of` makes the `model.Report`: numbers and codes, no words. `reading` asks the
   ledger for each table of `passalong.figures` once; `headline` makes sentence, funnel and money
   over time of it, `numbers` the key figures, `advocates` those that count people, `leaders` the
   tables. `values` says what a breakdown can be narrowed to, and refuses what there never was.
3. A number that is pressed comes back as a short text (`opened`); `origins` finds the rows that it
   is the sum of.
4. `render` makes the page's parts: `opening` and `sections`, out of `charts`, `tables` and the
   elements of `html`, worded by `words`. `sheets` writes CSV, `answers.data_of` JSON.

`functions/_report.py` and ``build.py report`` are the two ways in. An event gets here by way of
`passalong.attribution` and `passalong.figures`.
"""
