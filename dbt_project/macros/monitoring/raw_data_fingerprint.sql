{#
    The md5 of everything that an area's sources hold, whatever the order of rows and files: of the
    number of rows and the sum of the md5 of each, source by source.
#}
{% macro raw_data_fingerprint(sources) -%}
    md5(concat_ws('|'
    {%- for name in sources %},
        (select concat('{{ name }}', count(*), ':', sum(raw_row_number)) from {{ intake_relation('checked', name) }})
    {%- endfor %}
    ))
{%- endmacro %}
