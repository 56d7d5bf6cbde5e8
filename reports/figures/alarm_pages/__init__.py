"""Pages of the alarm 支付与进度背离: the list, a project's, one alarm week by week."""
