{% macro check_vars() %}
    {%- set known = ['retail', 'mall', 'ecommerce', 'leads', 'ratings'] -%}
    {%- set enabled = var('sources_enabled') -%}
    {%- if enabled is string or not enabled -%}
        {%- do exceptions.raise_compiler_error("var sources_enabled is '" ~ enabled ~ "': give a list of " ~ known | join(', ') ~ ".") -%}
    {%- endif -%}
    {%- for name in enabled if name not in known -%}
        {%- do exceptions.raise_compiler_error("var sources_enabled names '" ~ name ~ "', which is no source: use " ~ known | join(', ') ~ ".") -%}
    {%- endfor -%}
{% endmacro %}

{% macro publish(results) %}{% endmacro %}
