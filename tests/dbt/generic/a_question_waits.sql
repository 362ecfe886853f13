{# Warns, with the reason, where a data set has no model and the build goes on without: its question waits. #}
{% test a_question_waits(model) %}
{{ config(severity='warn') }}
select
    dataset,
    fit_problem
from {{ model }}
where outcome = 'waiting'
{% endtest %}
