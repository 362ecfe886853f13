{# The first entries of a list of structs whose id another list does not hold. #}
{% macro first_unseen(entries, id, seen, how_many) %}{{ return(adapter.dispatch('first_unseen')(entries, id, seen, how_many)) }}{% endmacro %}

{% macro default__first_unseen(entries, id, seen, how_many) -%}
    list_filter({{ entries }}, lambda entry: not list_contains({{ seen }}, entry.{{ id }}))[:{{ how_many }}]
{%- endmacro %}
