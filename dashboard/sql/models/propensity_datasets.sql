-- Data sets that ask a yes-or-no question, and what it is called.
select distinct
    dataset,
    outcome
from propensity.propensity_scores
order by dataset
