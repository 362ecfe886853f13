-- Are the names of segments true? Of how many of its customers each name is, and which other rules would be.
select
    segments.dataset,
    segments.segment_name,
    segments.customers,
    round(100 * segments.fit_share, 1) as percent_of_whom_it_is_true,
    segments.builds_without_rule as builds_in_which_it_was_not,
    string_agg(others.rule, ', ' order by others.rule) as other_rules_that_are_true
from segmentation.segments as segments
left join segmentation.segment_naming_rules as others
    on
        segments.dataset = others.dataset
        and segments.segment_id = others.segment_id
        and segments.naming_rule <> others.rule
        and others.is_true
group by segments.dataset, segments.segment_name, segments.customers, segments.fit_share, segments.builds_without_rule, segments.value_rank
order by segments.dataset, segments.value_rank
