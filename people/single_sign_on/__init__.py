"""Single sign-on by OpenID Connect: the provider says who it is, its groups say in what roles."""
