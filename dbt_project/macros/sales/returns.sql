{#- What came back of a sale, as lists of structs: what engines spell differently. -#}

{# Of the returns of a sale those of one line, whose units are the last ones of so many. #}
{% macro returns_of_line(returns, units_up_to, quantity) %}{{ return(adapter.dispatch('returns_of_line', 'customer_analytics')(returns, units_up_to, quantity)) }}{% endmacro %}

{% macro duckdb__returns_of_line(returns, units_up_to, quantity) -%}
    list_filter(
        list_transform({{ returns }}, lambda r: {
            'returned_at': r['returned_at'],
            'quantity': (
                least({{ units_up_to }}, r['units_before'] + r['quantity']) - greatest({{ units_up_to }} - {{ quantity }}, r['units_before'])
            )::bigint
        }),
        lambda r: r['quantity'] > 0
    )
{%- endmacro %}


{# Returns with their days in the time zone of their source. #}
{% macro dated_returns(returns, dataset) %}{{ return(adapter.dispatch('dated_returns', 'customer_analytics')(returns, dataset)) }}{% endmacro %}

{% macro duckdb__dated_returns(returns, dataset) -%}
    list_transform({{ returns }}, lambda r: {
        'returned_on': ({{ local_time(dataset, "r['returned_at']") }})::date,
        'quantity': r['quantity']
    })
{%- endmacro %}


{# The units of all returns. #}
{% macro returned_units(returns) %}{{ return(adapter.dispatch('returned_units', 'customer_analytics')(returns)) }}{% endmacro %}

{% macro duckdb__returned_units(returns) -%}
    coalesce(list_sum(list_transform({{ returns }}, lambda r: r['quantity'])), 0)::bigint
{%- endmacro %}
