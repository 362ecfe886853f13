{# Stops what is downstream, with one line, where no fit can be made and none is stored. #}
{% test a_fit_serves(model) %}
select outcome
from {{ model }}
{# In the where clause, because DuckDB leaves out columns that nobody asks for; within a case, because it may ask for this first. #}
where outcome = 'impossible' and error(case when outcome = 'impossible' then fit_problem || '.' end) is null
{% endtest %}
