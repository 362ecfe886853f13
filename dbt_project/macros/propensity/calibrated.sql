{# The probability of a raw score by the calibrator of the same row: a logistic curve, or straight lines
   between points, of which `points_below` lie at or below the raw score. #}
{% macro calibrated(raw_score) -%}
    case
        when slope is not null then 1 / (1 + exp(-(slope * {{ raw_score }} + intercept)))
        when points_below = 0 then probabilities[1]
        when points_below = len(probabilities) then probabilities[points_below]
        else probabilities[points_below] + (probabilities[points_below + 1] - probabilities[points_below])
            * ({{ raw_score }} - raw_scores[points_below]) / (raw_scores[points_below + 1] - raw_scores[points_below])
    end
{%- endmacro %}
