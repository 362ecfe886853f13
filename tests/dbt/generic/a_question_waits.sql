{# Warns, with the reason, where no model could be fitted for a data set that has none, and the build goes on without: its question waits. #}
{% test a_question_waits(model) %}
{{ config(severity='warn') }}
select distinct
    dataset,
    fit_problem
from {{ model }}
where outcome in ('waiting', 'first') and fit_problem is not null
{% endtest %}
