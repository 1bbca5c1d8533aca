# What the update step changes.

variable "owner" {
  type    = string
  default = "first"
}

variable "rule_description" {
  type    = string
  default = "the load balancer"
}

variable "last_operator_port" {
  type    = number
  default = 9000
}

variable "idle_timeout" {
  type    = number
  default = 60
}

variable "health_check_path" {
  type    = string
  default = "/healthz"
}

variable "weight" {
  type    = number
  default = 10
}

variable "image_tag" {
  type    = string
  default = "1"
}

variable "desired_count" {
  type    = number
  default = 1
}
