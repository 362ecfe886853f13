{#
    The rows of an evaluation, marked by the build that made it: those of a CTE where tonight's leads can
    judge the models (see lead_evaluation), else those that the model's table had in the previous generation.
#}
{% macro evaluated_rows(present, previous_relation) %}
    {%- set columns = {} -%}
    {%- for column in model.columns.values() if column.name != 'evaluated_at' -%}
        {%- do columns.update({column.name: column.data_type}) -%}
    {%- endfor %}
    select
        present.*,
        evaluation.evaluated_at
    from {{ present }} as present
    cross join {{ ref('lead_evaluation') }} as evaluation
    where evaluation.is_evaluated

    union all by name

    select
        previous_rows.*,
        evaluation.evaluated_at
    from ({{ previous_rows(previous_relation, columns) }}) as previous_rows
    cross join {{ ref('lead_evaluation') }} as evaluation
    where not evaluation.is_evaluated
{% endmacro %}
