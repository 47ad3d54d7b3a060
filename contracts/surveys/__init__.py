"""满意度调查: who was asked what, what they answered, and the rate that follows."""
