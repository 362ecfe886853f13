{# How often a row is drawn in a Poisson bootstrap: the quantile of Poisson(1) at a share in [0, 1). #}
{% macro poisson_weight(share) -%}
    {%- set cumulated = [0.367879, 0.735759, 0.919699, 0.981012, 0.996340, 0.999406, 0.999917] -%}
    {%- for probability in cumulated -%}
    ({{ share }} >= {{ probability }})::int{{ ' + ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
