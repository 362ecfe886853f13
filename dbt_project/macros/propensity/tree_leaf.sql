{# The leaf, as a node number, that an encoded vector reaches in the tree of the same row. A missing
   element goes where the node says. #}
{% macro tree_leaf(vector) -%}
    {{ return(adapter.dispatch('tree_leaf', 'customer_analytics')(vector)) }}
{%- endmacro %}

{% macro duckdb__tree_leaf(vector) -%}
    list_reduce(range(depth), lambda node, level: case
        when feature[node] is null then node
        when coalesce({{ vector }}[feature[node]] <= threshold[node], missing_go_left[node]) then left_child[node]
        else right_child[node]
    end, 1::bigint)
{%- endmacro %}


{# The sum of what leaves add to a raw score, the same in whatever order: log odds or shares, which together stay below 9,000. #}
{% macro sum_of_leaves(expression) -%}
    {{ return(adapter.dispatch('sum_of_leaves', 'customer_analytics')(expression)) }}
{%- endmacro %}

{% macro duckdb__sum_of_leaves(expression) -%}{{ exact_sum(expression) }}{%- endmacro %}
