{# Stop the run with one line for the user; raise_compiler_error would add a trace of our macros. #}
{% macro stop(message) %}
    {%- do exceptions.raise_database_error(message) -%}
{% endmacro %}
