"""An OpenID provider shaped like FranceConnect v2 (eidas1): where « S’identifier » leads in the sandbox."""
