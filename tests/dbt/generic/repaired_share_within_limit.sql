{# Says in one line per rule how much of a source it repaired, where that is more than may be: a warning, or the end of the build. #}
{% test repaired_share_within_limit(model, source_name) %}
{{ config(severity=severity_var('repaired_severity')) }}
{%- set how = {
    'source': source_name,
    'checked': model | string,
    'limit': var('max_repaired_share'),
    'masked': mapping_var('masked_columns').get(source_name) or []
} -%}
{%- set is_run = execute and flags.WHICH in ('build', 'test') -%}
{%- set lines = answer_of('repairs_beyond_limit(' ~ literal(tojson(how)) ~ ')') if is_run else [] -%}
{%- for line in lines if severity_var('repaired_severity') == 'warn' -%}{%- do exceptions.warn(line) -%}{%- endfor %}
{# dbt counts rows, and shows none of their text. #}
select line
from (select unnest([{% for line in lines %}{{ literal(line) }}{% if not loop.last %}, {% endif %}{% endfor %}]::varchar[]) as line)
{%- if severity_var('repaired_severity') == 'error' %}
where error(line) is null
{%- endif %}
{% endtest %}
