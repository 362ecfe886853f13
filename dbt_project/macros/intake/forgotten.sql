{#
    Whether a raw row is of somebody who was forgotten (`make forget`): by the key of the person, or by
    any field of a line that cannot be split. Only digests of ids are known.
#}
{% macro is_forgotten(columns) -%}
    {%- set person = columns | selectattr('person', 'defined') | first -%}
    {%- if somebody_is_forgotten() -%}
        (
            coalesce(sha256({{ raw_text(person) }}) in (select unnest(forgotten_hashes())), false)
            or case
                when raw_rows.row_error is not null
                    then list_has_any(
                        list_transform(regexp_split_to_array(raw_rows.raw_row, '[,;\t"]+'), lambda f: sha256(trim(f))),
                        (select forgotten_hashes())
                    )
                else false
            end
        )
    {%- else -%}
        false
    {%- endif -%}
{%- endmacro %}


{# The raw row; of somebody who was forgotten, nothing. #}
{% macro raw_row_of_others(columns) -%}
    {%- if somebody_is_forgotten() -%}
        case when {{ is_forgotten(columns) }} then '(forgotten)' else raw_rows.raw_row end
    {%- else -%}
        raw_rows.raw_row
    {%- endif -%}
{%- endmacro %}


{% macro somebody_is_forgotten() %}
    {{ return(execute and run_query('select len(forgotten_hashes())').columns[0][0] > 0) }}
{% endmacro %}
