"""What residents bring in and how they judge the work together with the administration (共建、共评)."""
