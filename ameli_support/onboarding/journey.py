"""The seven steps of the document and where a person stands (rules §1)."""

from ameli_support.onboarding.steps import Route as Route
from ameli_support.onboarding.steps import Step as Step
