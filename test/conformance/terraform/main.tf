# A tenant's whole chain, and the network under it, as a stranger to this code would write it.

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region = "us-east-1"
  # The simulator has no instance metadata; everything else is asked of it, the account (STS) among it.
  skip_metadata_api_check = true

  default_tags {
    tags = { fleet = "terraform" }
  }
}

data "aws_caller_identity" "me" {}

data "aws_availability_zones" "all" {
  state = "available"
}

data "aws_vpc_endpoint_service" "logs" {
  service      = "logs"
  service_type = "Interface"
}

locals {
  zones = slice(data.aws_availability_zones.all.names, 0, 2)
  name  = "judged"
}

# --- network

resource "aws_vpc" "main" {
  cidr_block           = "10.20.0.0/16"
  enable_dns_hostnames = true
  tags                 = { Name = local.name }
}

resource "aws_subnet" "main" {
  count             = length(local.zones)
  vpc_id            = aws_vpc.main.id
  availability_zone = local.zones[count.index]
  cidr_block        = cidrsubnet(aws_vpc.main.cidr_block, 4, count.index)
  tags              = { Name = "${local.name}-${count.index}" }
}

resource "aws_subnet" "public" {
  vpc_id                              = aws_vpc.main.id
  availability_zone                   = local.zones[0]
  cidr_block                          = "10.20.240.0/20"
  map_public_ip_on_launch             = true
  private_dns_hostname_type_on_launch = "resource-name"
}

# Rules inside the group, the old way.
resource "aws_security_group" "balancer" {
  name        = "${local.name}-balancer"
  description = "What reaches the load balancer"
  vpc_id      = aws_vpc.main.id

  ingress {
    description      = "everybody"
    from_port        = 443
    to_port          = 443
    protocol         = "tcp"
    cidr_blocks      = ["0.0.0.0/0"]
    ipv6_cidr_blocks = ["::/0"]
  }

  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = [aws_vpc.main.cidr_block]
  }
}

# A rule as a resource of its own, the way in between.
resource "aws_security_group" "endpoint" {
  name        = "${local.name}-endpoint"
  description = "What reaches the endpoint"
  vpc_id      = aws_vpc.main.id
}

resource "aws_security_group_rule" "endpoint" {
  security_group_id        = aws_security_group.endpoint.id
  type                     = "ingress"
  description              = var.rule_description
  protocol                 = "tcp"
  from_port                = 443
  to_port                  = 443
  source_security_group_id = aws_security_group.tasks.id
}

# Rules as resources of their own, the new way.
resource "aws_security_group" "tasks" {
  name        = "${local.name}-tasks"
  description = "What reaches the tasks"
  vpc_id      = aws_vpc.main.id
}

resource "aws_vpc_security_group_ingress_rule" "balancer" {
  security_group_id            = aws_security_group.tasks.id
  referenced_security_group_id = aws_security_group.balancer.id
  description                  = var.rule_description
  ip_protocol                  = "tcp"
  from_port                    = 8080
  to_port                      = 8080
}

resource "aws_vpc_security_group_ingress_rule" "operators" {
  security_group_id = aws_security_group.tasks.id
  cidr_ipv4         = "10.99.0.0/24"
  ip_protocol       = "tcp"
  from_port         = 9000
  to_port           = var.last_operator_port
}

resource "aws_vpc_security_group_egress_rule" "anywhere" {
  security_group_id = aws_security_group.tasks.id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "-1"
}

resource "aws_vpc_endpoint" "logs" {
  vpc_id              = aws_vpc.main.id
  service_name        = data.aws_vpc_endpoint_service.logs.service_name
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = aws_subnet.main[*].id
  security_group_ids  = [aws_security_group.endpoint.id]
  tags                = { Name = "${local.name}-logs", owner = var.owner }
}

# --- load balancer

resource "aws_lb" "main" {
  name               = local.name
  internal           = true
  load_balancer_type = "application"
  subnets            = aws_subnet.main[*].id
  security_groups    = [aws_security_group.balancer.id]
  idle_timeout       = var.idle_timeout
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.main.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:server-certificate/judged"

  default_action {
    type = "fixed-response"
    fixed_response {
      content_type = "text/plain"
      message_body = "no such tenant"
      status_code  = "404"
    }
  }
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.main.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type = "redirect"
    redirect {
      port        = "443"
      protocol    = "HTTPS"
      status_code = "HTTP_301"
    }
  }
}

resource "aws_lb_target_group" "tenant" {
  count                = 2
  name                 = "${local.name}-${count.index}"
  vpc_id               = aws_vpc.main.id
  port                 = 8080
  protocol             = "HTTP"
  target_type          = "ip"
  deregistration_delay = 5

  health_check {
    path                = var.health_check_path
    interval            = 5
    timeout             = 2
    healthy_threshold   = 2
    unhealthy_threshold = 2
    matcher             = "200-299"
  }
}

resource "aws_lb_listener_rule" "tenant" {
  count        = 2
  listener_arn = aws_lb_listener.https.arn
  priority     = 10 + count.index

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.tenant[count.index].arn
  }

  condition {
    host_header {
      # The first has the name that the records are of.
      values = [count.index == 0 ? "t.judged.example.com" : "t${count.index}.judged.example.com"]
    }
  }

  condition {
    path_pattern {
      values = ["/", "/app/*"]
    }
  }

  tags = { tenant = "t${count.index}" }
}

resource "aws_lb_listener_rule" "weighted" {
  listener_arn = aws_lb_listener.https.arn
  priority     = 100

  action {
    type = "forward"
    forward {
      target_group {
        arn    = aws_lb_target_group.tenant[0].arn
        weight = var.weight
      }
      target_group {
        arn    = aws_lb_target_group.tenant[1].arn
        weight = 100 - var.weight
      }
      stickiness {
        enabled  = true
        duration = 600
      }
    }
  }

  condition {
    http_header {
      http_header_name = "X-Tenant"
      values           = ["both"]
    }
  }
}

# --- service

resource "aws_ecs_cluster" "main" {
  name = local.name

  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_ecs_task_definition" "tenant" {
  family                   = local.name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512

  container_definitions = jsonencode([
    {
      name         = "app"
      image        = "registry.example.com/app:${var.image_tag}"
      essential    = true
      portMappings = [{ containerPort = 8080 }]
      environment  = [{ name = "TENANT", value = "t" }]
    },
  ])
}

resource "aws_ecs_service" "tenant" {
  count                 = 2
  name                  = "t${count.index}"
  cluster               = aws_ecs_cluster.main.id
  task_definition       = aws_ecs_task_definition.tenant.arn
  desired_count         = var.desired_count
  launch_type           = "FARGATE"
  wait_for_steady_state = true
  propagate_tags        = "SERVICE"

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets         = aws_subnet.main[*].id
    security_groups = [aws_security_group.tasks.id]
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.tenant[count.index].arn
    container_name   = "app"
    container_port   = 8080
  }

  depends_on = [aws_lb_listener_rule.tenant]
}

# --- names

resource "aws_route53_zone" "main" {
  name          = "judged.example.com"
  comment       = "of the terraform suite"
  force_destroy = false
}

resource "aws_route53_record" "tenant" {
  count          = 2
  zone_id        = aws_route53_zone.main.zone_id
  name           = "t.judged.example.com"
  type           = "A"
  set_identifier = "group-${count.index}"

  weighted_routing_policy {
    weight = count.index == 0 ? var.weight : 100 - var.weight
  }

  alias {
    name                   = aws_lb.main.dns_name
    zone_id                = aws_lb.main.zone_id
    evaluate_target_health = false
  }
}

resource "aws_route53_record" "note" {
  zone_id = aws_route53_zone.main.zone_id
  name    = "note.judged.example.com"
  type    = "TXT"
  ttl     = 300
  records = [var.owner]
}
